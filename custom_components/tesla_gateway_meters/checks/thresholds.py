"""All limits of the wiring checks, each with its reason."""

from typing import Final

# --- Negligible powers --------------------------------------------------------------

# CTs pick up 15 to 20 W from their neighbours, and inverters draw a few W at night.
NOISE: Final = 25  # W
# A flow that is certain in spite of noise.
FLOWS: Final = 60  # W
# Tesla's own limit for solar by day, and for what a house may seem to produce.
NEGATIVE: Final = -100  # W
# A battery's power comes in steps of 10 W.
BATTERY_IDLE: Final = 20  # W

# A condition that lasts has to be seen in this many polls, however far apart they are: with
# a poll in five minutes, ten minutes are two polls, which the lag of a battery may explain.
POLLS_LEAST: Final = 6

# --- Steps of load ------------------------------------------------------------------

# Smaller steps are lost among other changes between two polls.
STEP: Final = 400  # VA
# Power is level before and after a step if it changes by less than this part of the step:
# the inrush of a motor has another power factor than the motor.
LEVEL_PART: Final = 0.2
LEVEL: Final = 50  # VA

# --- Wrong phase (three phases) -----------------------------------------------------

# CTs have errors of some degrees; a motor with a power factor of 0.65 is at 49.
RIGHT_ANGLE: Final = 12  # degrees
ROTATED_ANGLE: Final = 9  # degrees from 60 or 120
# One appliance is no evidence, since a motor may be at 60. It takes three sizes with two
# steps each, and hardly any step of a heater that is not rotated. Motors and inverters are at
# any angle, on a right phase and on a wrong one.
ROTATED_STEPS: Final = 6
ROTATED_SIZES: Final = 3
ROTATED_PART: Final = 0.35  # of all steps
# No motor is at 120 degrees, the same as -60: two sizes are enough.
OTHER_WAY_STEPS: Final = 5
OTHER_WAY_SIZES: Final = 2
# Steps that a phase needs to support an order of the CTs; two phases have to.
ORDER_STEPS: Final = 3
RIGHT_PART: Final = 0.1  # of the rotated steps
# Steps with next to no reactive power that show a right phase. On a wrong one, motors of one
# kind may have such steps.
RIGHT_STEPS: Final = 3
RIGHT_SIZES: Final = 2
# Changes of solar and of the site phase: their angle is evidence without any load, at any
# power factor.
PAIR_ANGLE: Final = 10  # degrees from a multiple of 60
PAIRS: Final = 8
PAIRS_KEPT: Final = 16
PAIRS_PART: Final = 0.85
# With this many pairs, all rotated, the steps of a phase are not those of motors.
PAIRS_NO_MOTOR: Final = 4
# A step of the size of the battery's change per phase is the battery's, which has no reactive
# power: the step of a motor is larger than the part that a battery compensates.
BATTERY_SHARE: Final = 1.1
# A motor at 60 degrees consumes. A heater that is rotated by -120 degrees seems to produce
# both powers, which an idle house cannot do for so long.
MAKES: Final = 25  # W
MAKES_TIME: Final = 45 * 60  # s
MAKES_MOST: Final = 3 * 3600  # s
# Sizes within this ratio count as one, of which the newest steps are kept.
SIZE_RATIO: Final = 1.15
STEPS_OF_SIZE: Final = 4
STEPS_KEPT: Final = 36
STEPS_OLDEST: Final = 14 * 86400  # s
# So many of the newest steps with another rotation: the CT was corrected.
NEWEST: Final = 8
NEWEST_RIGHT: Final = 5

# --- Reversed site CT ---------------------------------------------------------------

# Without sun or discharge every phase imports. A battery or a car without a meter may export
# for an evening, so it takes hours, but less if the voltage confirms it.
IDLE_REVERSED: Final = 4 * 3600  # s
IDLE_CONFIRMED: Final = 45 * 60  # s
IDLE_RIGHT: Final = 20 * 60  # s
IDLE_POLL: Final = IDLE_CONFIRMED / POLLS_LEAST  # s, the most that one poll counts
IDLE_MOST: Final = 5 * 3600  # s
IDLE_MOST_RIGHT: Final = 90 * 60  # s
# If solar is not measured, it may be day, with balcony solar: 14 hours.
IDLE_BY_DAY: Final = 0.28
# After so long without import, earlier steps of solar are from before the CT was changed.
IDLE_OVERTURNS: Final = 8 * 3600  # s
# The voltage suggests a direction: Student's t, and the number of steps.
VOLTAGE_HINT: Final = 2
VOLTAGE_HINT_STEPS: Final = 3
# Voltage against power over steps: Student's t of the slope. It practically never reaches 6
# by chance. Import lowers the voltage.
VOLTAGE_STEP: Final = 600  # VA
VOLTAGE_STEPS: Final = 12
VOLTAGE_REVERSED: Final = 6
VOLTAGE_RIGHT: Final = 4
VOLTAGE_NEWEST: Final = 0.85  # of a step's weight after the next
# A larger change between two polls is a tap changer or an outage.
VOLTAGE_JUMP: Final = 0.035  # of the voltage
# Steps of solar on one phase, in that time, while the battery is constant.
SOLAR_STEP: Final = 150  # W
SOLAR_STEP_TIME: Final = 45  # s
STILL_PART: Final = 0.15
# The site phase changes by about as much, in either direction, or the house changed.
REPLY_LEAST: Final = 0.6
REPLY_MOST: Final = 1.5
SOLAR_STEPS_KEPT: Final = 24
SOLAR_STEPS: Final = 10
SOLAR_STEPS_PART: Final = 0.85
SOLAR_STEPS_NEWEST: Final = 5  # all the right way: the CT was corrected

# --- Solar --------------------------------------------------------------------------

SOLAR_NEGATIVE: Final = -50  # W, of a phase
SOLAR_PROBLEM: Final = 60  # s
SOLAR_LASTING: Final = 3 * 60  # s
# Positive power above an inverter's consumption at night withdraws the fault: after a minute
# if it equals the earlier negative power, else after longer than a heat pump usually runs.
SOLAR_RIGHT_FROM: Final = 100  # W
SOLAR_RIGHT_LASTING: Final = 45 * 60  # s
# If a phase exports so much more than solar there, even if all of it is production, a site CT
# is wrong: noise, and the error of CTs.
SITE_WRONG: Final = -25  # W
SITE_WRONG_PART: Final = 0.03
# The most that one reading counts, which may be a coincidence.
SOLAR_READING: Final = 60  # s
# An inverter produces the same on all its phases, within the errors of CTs.
TWIN_LEAST: Final = 0.8
TWIN_MOST: Final = 1.25
TWIN_ANGLE: Final = 8  # degrees
# Power that has grown so far from the dark, without the step of a load, is production.
TWIN_FROM: Final = -80  # W
# An inverter's consumption varies by less than this until it produces.
TWIN_GROWTH: Final = 40  # W
# The change of the load per W of a solar CT: 2 if that is reversed, 0 if it measures a load,
# 3 if it is on another phase. Steps of the load alone are ignored; the rest is summed up to
# changes that are large against those of the house.
ANSWER_FROM: Final = 10  # W
ANSWER_STEP: Final = 40  # W
ANSWER_CHANGE: Final = 80  # W
ANSWER_CLEAR: Final = 0.35
# By chance the load does not match two large changes, nor a single huge one.
ANSWER_LARGE: Final = 350  # W
ANSWER_HUGE: Final = 2500  # W
ANSWER_LEAST: Final = 3
# Differences in log-likelihood: 400 to 1 is sure, 7 to 1 a hint. Loads on the solar circuit
# of sound homes reached 5 to 1 in 95 days.
ANSWER_SURE: Final = 6
ANSWER_HINT: Final = 2
ANSWER_ERROR: Final = 0.1  # of each, at least: errors of the CTs
# The load's own variation during a change, in houses from quiet to very busy.
ANSWER_HOUSES: Final = (30, 60, 120, 240)  # W
ANSWER_BEYOND: Final = 2  # below 0, or above 2: a change of the house
ANSWER_KEPT: Final = 16
# Low and nearly constant power for so long: it is dark.
DARK: Final = 30 * 60  # s
# Dark for so long is a night, and not bad weather: a CT that was right may have been
# reversed since.
NIGHT: Final = 2 * 3600  # s
DARK_LEVEL: Final = 60  # W, the consumption of large inverters at night
DARK_RANGE: Final = 30  # W
# Production then grows without steps, but so may a small compressor that starts with a fifth
# of its power. One that starts with less than the soft step never reaches the soft level.
DAWN_STEP: Final = 60  # W in half a minute
DAWN_LEVEL: Final = 200  # W; above it clouds cause steps, too
DAWN_LONGEST_POLL: Final = 130  # s
DAWN_LONGEST_STEP: Final = 2  # times half a minute; a compressor hides in more
# Power that grew to the first through many levels: clouds may cause steps from then on. If
# the sum of all phases reaches the second, it is certainly production.
DAWN_SEEN: Final = 120  # W
DAWN_SURE: Final = -250  # W
SOFT_STEP: Final = 35  # W in half a minute
SOFT_LEVEL: Final = -200  # W
# In ten minutes production has many levels, a load two or three.
SUN_LEVEL: Final = 20  # W
SUN_LEVEL_PART: Final = 0.015
SUN_LEVEL_EVERY: Final = 30  # s
SUN_LEVELS: Final = 5
# More levels than noise causes: enough if the house would produce, which no load on the
# circuit causes, or if another phase produces the same.
SUN_LEVELS_FEW: Final = 4
SUN_LEVELS_KEPT: Final = 20
# Positive power for so long, at more than one level, shows a CT that is not reversed.
SUN_SEEN: Final = 200  # W
SUN_SEEN_RATIO: Final = 1.5
SUN_SEEN_TIME: Final = 30 * 60  # s
SUN_MEMORY: Final = 36 * 3600  # s
# An inverter produces up to 0.75 var per W; on another phase that is 0.44 at least.
SOLAR_VARS_MOST: Final = 0.75
SOLAR_VARS_IN_PHASE: Final = 0.42
# On another phase such a reading would have 0.84 var per W at least.
SOLAR_VARS_UNROTATED: Final = 0.36
# With next to no reactive power it is on its own phase, at any power factor of inverters.
SOLAR_PURE: Final = -500  # W
SOLAR_PURE_VARS: Final = 0.1
# A load on the circuit is supplied by the site or the battery. If the house would produce so
# much, more than balcony solar without a CT, and these supply less by more than the error of
# CTs, it is no load.
SOLAR_NO_LOAD: Final = -1000  # W
SOLAR_UNEXPLAINED: Final = -150  # W
# Enough if another phase produces the same, which a load would match only by chance.
SOLAR_NO_LOAD_TWIN: Final = -300  # W
# All phases of an inverter, or of inverters of one kind, agree. If they differ by 120 degrees
# for so long, a CT is on another phase.
ROTATION_FROM: Final = 250  # VA
ROTATION_ANGLE: Final = 8  # degrees
ROTATION_OWN_ANGLE: Final = 45  # degrees
ROTATION_LASTING: Final = 10 * 60  # s
ROTATION_READING: Final = (
    ROTATION_LASTING / POLLS_LEAST
)  # s, the most that one reading counts
ROTATION_MOST: Final = 20 * 60  # s
# Changes of solar that have an angle. Reactive power that follows the voltage is a smaller
# part of a large change.
SOLAR_CHANGE: Final = 80  # VA
SOLAR_CHANGE_PART: Final = 0.08  # of the highest power so far
SOLAR_CHANGE_TIME: Final = 20 * 60  # s
SOLAR_CHANGES: Final = 8
SOLAR_CHANGES_KEPT: Final = 24
SOLAR_CHANGES_PART: Final = 0.7
# If so many are certainly in phase, a CT that was rotated is not any more.
SOLAR_CHANGES_STAY: Final = 0.6
SOLAR_IN_PHASE: Final = 20  # degrees
SOLAR_RIGHT_ANGLE: Final = 42  # degrees
SOLAR_ROTATED_ANGLE: Final = 14  # degrees
SOLAR_STEEP: Final = 50  # degrees
# So much power with so little reactive power for so long shows a CT on its own phase: on
# another phase, no inverter has such levels.
SOLAR_RIGHT_LEVEL: Final = 1000  # W
SOLAR_RIGHT_VARS: Final = 0.3  # of the power
SOLAR_RIGHT_TIME: Final = 10 * 60  # s
SOLAR_RIGHT_READING: Final = SOLAR_RIGHT_TIME / POLLS_LEAST  # s
# If so many of the newest changes are steep, the CT may be on another phase.
SOLAR_ROTATED_NEWEST: Final = 4
SOLAR_ROTATED_HINTS: Final = 3
# If so many changes are all in phase, the CT is on its own phase.
SOLAR_RIGHT_HINTS: Final = 2

# --- Voltages -----------------------------------------------------------------------

# Two legs move apart by twice the neutral's resistance plus the line's, and together by the
# line's alone. A good neutral has at most double the line's, and the longest service less
# than 0.4 ohm of each. 0.9 ohm in total is 10 V at 11 A, Tesla's own limit.
NEUTRAL_CHANGE: Final = 80  # W
# Between the legs: the step of a fridge is lost among changes of the neighbours. Large changes
# are better evidence, and fewer of them are enough: their squares add up.
NEUTRAL_LEAST: Final = 2  # A
NEUTRAL_CHANGES: Final = 5
NEUTRAL_SQUARES: Final = 110  # A squared
NEUTRAL_SURE: Final = 6  # Student's t
# Legs that move by 2 V per A or more are no drift: fewer changes are enough.
NEUTRAL_CLEAR: Final = 4
NEUTRAL_CLEAR_SQUARES: Final = 30  # A squared
NEUTRAL_CLEAR_SURE: Final = 12
NEUTRAL_CLEAR_OHMS: Final = 2
NEUTRAL_OHMS: Final = 0.9
NEUTRAL_PART: Final = 2.5  # of the line's resistance
# A lower voltage is no phase; a gateway reads 0.2 V without one.
DEAD: Final = 50  # V
DEAD_LASTING: Final = 60  # s
DEAD_POLL: Final = 20  # s, the most that one poll counts; short, since it is dangerous
# A single-phase service of 230 V may have a second input that is not connected.
LEG_VOLTS: Final = 150  # V

# --- A CT that measures nothing -----------------------------------------------------

SILENT: Final = 20  # W and var
# Longer than a day without export and than any night, after which something flows.
SILENT_TIME: Final = 20 * 3600  # s
# Solar on the phase that has to flow somewhere.
UNSEEN_SOLAR: Final = 150  # W
UNSEEN_TIME: Final = 30 * 60  # s
UNSEEN_LEVELS: Final = 3
UNSEEN_LEVEL: Final = 100  # W
# Changes of a source on several phases within half a minute, and the error of a phase's
# share: well below the difference between a third and a half.
SHARE_TIME: Final = 30  # s
SHARE_STEP: Final = 600  # W, of all phases
SHARE_ERROR: Final = 0.07
SHARES: Final = 6
# A phase of an ordinary house is not idle for ten minutes within days, and has loads of
# several sizes. One that was off for hours before may be off again. A guest house is in use
# for a stay of two weeks, and off afterwards.
USED_TIME: Final = 21 * 86400  # s
USED_PAUSE: Final = 10 * 60  # s
USED_SIZES: Final = 3
RESTED: Final = 6 * 3600  # s
SILENT_SINCE: Final = 24 * 3600  # s

# --- Negative load ------------------------------------------------------------------

# The gateway computes the load from readings of different times.
LOAD_PROBLEM: Final = 60  # s
# It is a small difference of large powers, and each CT has an error of 1 to 3 %.
LOAD_ERROR: Final = 0.03  # of site, solar and battery
LOAD_LASTING: Final = 10 * 60  # s, of POLLS_LEAST polls at least
# A wrong CT makes the load negative, too: its own check has so long to find it.
LOAD_WAITS: Final = 7 * 86400  # s
# The fault is withdrawn after the load was positive for so long.
LOAD_CLEARED: Final = 60 * 60  # s
# A fault that comes back daily, as with solar without a meter, is kept from day to day.
LOAD_CLEARED_DAILY: Final = 36 * 3600  # s
# If it begins after a day without, a CT may have been changed: found within two days.
LOAD_KNOWN: Final = 86400  # s
LOAD_NEW: Final = 2 * 86400  # s

# --- Steps of all three phases ------------------------------------------------------

# The same change on each phase, within other changes at that time.
BALANCED_SIZE: Final = 1.15
BALANCED_ANGLE: Final = 10  # degrees
BALANCED_KEPT: Final = 16
BALANCED_STEPS: Final = 4
BALANCED_PART: Final = 0.75
# The part of a step that is left at the site when a three-phase battery compensates it.
OFFSET_PART: Final = 0.25
