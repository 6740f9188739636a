"""All numbers that the wiring checks decide by, each with its reason."""

from typing import Final

# --- Powers that mean nothing -------------------------------------------------------

# CTs pick up 15 to 20 W from their neighbours, and inverters draw a few W at night.
NOISE: Final = 25  # W
# A flow that is there for sure, whatever the noise.
FLOWS: Final = 60  # W
# Tesla's own rule for solar by day, and for what a house may seem to produce.
NEGATIVE: Final = -100  # W
# A battery's power comes in steps of 10 W.
BATTERY_IDLE: Final = 20  # W

# What lasts has to be seen by so many polls, however long these are apart: at one in five
# minutes, ten minutes are two, and the battery's lag makes these alike.
POLLS_LEAST: Final = 6

# --- Steps of load ------------------------------------------------------------------

# Less than this is lost in what else changes between two polls.
STEP: Final = 400  # VA
# Both sides of a step are level if they change by less than this part of it: the inrush
# of a motor has a power factor of its own.
LEVEL_PART: Final = 0.2
LEVEL: Final = 50  # VA

# --- Wrong phase (three phases) -----------------------------------------------------

# CTs are off by some degrees; a motor of power factor 0.65 is at 49.
RIGHT_ANGLE: Final = 12  # degrees
ROTATED_ANGLE: Final = 9  # degrees from 60 or 120
# One appliance proves nothing: a motor may well be at 60. Three of different size, two
# steps each, and of heaters next to none that is not turned. Motors and inverters are at
# any angle, in a right phase as in a wrong one.
ROTATED_STEPS: Final = 6
ROTATED_SIZES: Final = 3
ROTATED_PART: Final = 0.35  # of all steps
# No motor is at 120 degrees, which is 60 the other way: two sizes are enough.
OTHER_WAY_STEPS: Final = 5
OTHER_WAY_SIZES: Final = 2
# Of several phases that an order of the CTs turns, each has to show so many.
ORDER_STEPS: Final = 3
RIGHT_PART: Final = 0.1  # of those that are turned
# So many steps with next to no reactive power, and the phase is right. Motors of one kind
# may have such steps in a wrong one.
RIGHT_STEPS: Final = 3
RIGHT_SIZES: Final = 2
# Changes of solar and of the site's phase, by their angle: it needs no load, and no power
# factor matters.
PAIR_ANGLE: Final = 10  # degrees from a multiple of 60
PAIRS: Final = 8
PAIRS_KEPT: Final = 16
PAIRS_PART: Final = 0.85
# Motors have none: so many, all turned, and the phase's steps are no motors'.
PAIRS_NO_MOTOR: Final = 4
# A step that is of the size of the battery's change, by the phases that it may be on, is
# the battery's, which has no reactive power: what a motor takes is larger than that.
BATTERY_SHARE: Final = 1.1
# A motor at 60 degrees takes power. A heater that is turned by -120 degrees seems to make
# both powers: it is one where the idle house does so, for so long.
MAKES: Final = 25  # W
MAKES_TIME: Final = 45 * 60  # s
MAKES_MOST: Final = 3 * 3600  # s
# Steps of one size are one kind, of which the newest are kept.
SIZE_RATIO: Final = 1.15
STEPS_OF_SIZE: Final = 4
STEPS_KEPT: Final = 36
STEPS_OLDEST: Final = 14 * 86400  # s
# So many of the newest steps the other way: it has been put right.
NEWEST: Final = 8
NEWEST_RIGHT: Final = 5

# --- Site CT the wrong way round ----------------------------------------------------

# With neither sun nor discharge every phase imports. A battery or a car without a meter
# exports for an evening, so it takes hours, or little where the voltage says so too.
IDLE_REVERSED: Final = 4 * 3600  # s
IDLE_CONFIRMED: Final = 45 * 60  # s
IDLE_RIGHT: Final = 20 * 60  # s
IDLE_POLL: Final = IDLE_CONFIRMED / POLLS_LEAST  # s, the most that one poll counts
IDLE_MOST: Final = 5 * 3600  # s
IDLE_MOST_RIGHT: Final = 90 * 60  # s
# Where no solar is measured, it may be day, and a balcony's sun: 14 hours.
IDLE_BY_DAY: Final = 0.28
# So long without import, and what solar's steps said before is of another wiring.
IDLE_OVERTURNS: Final = 8 * 3600  # s
# A hint of the voltage: t, and of how many steps.
VOLTAGE_HINT: Final = 2
VOLTAGE_HINT_STEPS: Final = 3
# Voltage against power over steps: Student's t of the slope. By chance it reaches 6 in no
# lifetime; the sign is physics, import lowers the voltage.
VOLTAGE_STEP: Final = 600  # VA
VOLTAGE_STEPS: Final = 12
VOLTAGE_REVERSED: Final = 6
VOLTAGE_RIGHT: Final = 4
VOLTAGE_NEWEST: Final = 0.85  # of a step's weight after the next
# More between two polls is a tap changer or an outage.
VOLTAGE_JUMP: Final = 0.035  # of the voltage
# Steps of solar, of one phase: that much, in that time, with the battery still.
SOLAR_STEP: Final = 150  # W
SOLAR_STEP_TIME: Final = 45  # s
STILL_PART: Final = 0.15
# The site's phase answers with all of it, one way or the other, or it is the house.
REPLY_LEAST: Final = 0.6
REPLY_MOST: Final = 1.5
SOLAR_STEPS_KEPT: Final = 24
SOLAR_STEPS: Final = 10
SOLAR_STEPS_PART: Final = 0.85
SOLAR_STEPS_NEWEST: Final = 5  # all the right way: it has been turned round

# --- Solar --------------------------------------------------------------------------

SOLAR_NEGATIVE: Final = -50  # W, of a phase
SOLAR_PROBLEM: Final = 60  # s
SOLAR_LASTING: Final = 3 * 60  # s
# More than what inverters draw at night withdraws it: at once where it is what the CT showed
# the other way, and else after longer than a heat pump on the circuit usually runs.
SOLAR_RIGHT_FROM: Final = 100  # W
SOLAR_RIGHT_LASTING: Final = 45 * 60  # s
# Where a phase exports so much more than is made there, if all of solar is production, a
# CT of the site is wrong: noise, and what CTs err by.
SITE_WRONG: Final = -25  # W
SITE_WRONG_PART: Final = 0.03
# One reading is one coincidence at most, however long it stands.
SOLAR_READING: Final = 60  # s
# The inverter feeds all its phases alike, within the errors of CTs.
TWIN_LEAST: Final = 0.8
TWIN_MOST: Final = 1.25
TWIN_ANGLE: Final = 8  # degrees
# What grew so far from the dark, never in the step of a load, needs no more levels.
TWIN_FROM: Final = -80  # W
# What an inverter draws varies by less than this from the dark to the first sun.
TWIN_GROWTH: Final = 40  # W
# What the load changes by, for each W that a solar CT does: 2 where that is reversed, 0
# where it measures a load; 3 where it is on another phase. Steps of load are left out, and
# what is left is measured over changes that are large beside a house's restlessness.
ANSWER_FROM: Final = 10  # W
ANSWER_STEP: Final = 40  # W
ANSWER_CHANGE: Final = 80  # W
ANSWER_CLEAR: Final = 0.35
# No house does twice that at the same time, and twice so; and twice that not even once.
ANSWER_LARGE: Final = 350  # W
ANSWER_HUGE: Final = 2500  # W
ANSWER_LEAST: Final = 3
# Leads in log-likelihood: 400 to 1 is sure, 8 to 1 a hint. Loads on the circuit of sound
# homes reached 5 to 1 in 95 days.
ANSWER_SURE: Final = 6
ANSWER_HINT: Final = 2
ANSWER_ERROR: Final = 0.1  # of each, at least: errors of the CTs
# What a house does by itself in the time of a change: quiet, ordinary, restless.
ANSWER_HOUSES: Final = (30, 60, 120, 240)  # W
ANSWER_BEYOND: Final = 2  # less than 0, or more than 2: the house's own
ANSWER_KEPT: Final = 16
# For so long next to nothing, that hardly changes: it is dark.
DARK: Final = 30 * 60  # s
# So long, and it is the night, not a lull: a CT that was the right way round may be
# reversed since.
NIGHT: Final = 2 * 3600  # s
DARK_LEVEL: Final = 60  # W, what large inverters draw at night
DARK_RANGE: Final = 30  # W
# Then more and more, and never at once: that is the sun, unless it is a small compressor
# that starts with a fifth of its power. One that starts with less than the soft step never
# gets to the soft level.
DAWN_STEP: Final = 60  # W in half a minute
DAWN_LEVEL: Final = 200  # W; above it clouds are steps too
DAWN_LONGEST_POLL: Final = 130  # s
DAWN_LONGEST_STEP: Final = 2  # times half a minute; a compressor hides in more
# Through many levels up to here, and clouds are steps too. That much in all phases is the
# sun's for sure.
DAWN_SEEN: Final = 120  # W
DAWN_SURE: Final = -250  # W
SOFT_STEP: Final = 35  # W in half a minute
SOFT_LEVEL: Final = -200  # W
# In ten minutes the sun goes through many levels. A load has two, or three.
SUN_LEVEL: Final = 20  # W
SUN_LEVEL_PART: Final = 0.015
SUN_LEVEL_EVERY: Final = 30  # s
SUN_LEVELS: Final = 5
# So many, more than noise makes, are enough where the house would produce, as no load on
# the circuit makes it, and where another phase is the sun's and gives as much.
SUN_LEVELS_FEW: Final = 4
SUN_LEVELS_KEPT: Final = 20
# What has been positive for so long, and not at one level, is the right way round.
SUN_SEEN: Final = 200  # W
SUN_SEEN_RATIO: Final = 1.5
SUN_SEEN_TIME: Final = 30 * 60  # s
SUN_MEMORY: Final = 36 * 3600  # s
# An inverter gives up to 0.75 var for each W; another phase turns that to 0.44 at least.
SOLAR_VARS_MOST: Final = 0.75
SOLAR_VARS_IN_PHASE: Final = 0.42
# On another phase such a reading were 0.84 var for each W at least.
SOLAR_VARS_UNROTATED: Final = 0.36
# So much with next to no reactive power is on its own phase, for an inverter at any factor.
SOLAR_PURE: Final = -500  # W
SOLAR_PURE_VARS: Final = 0.1
# A load on the circuit that takes so much has it from the site or the battery. Where the
# house would produce as much, more than balcony solar without a CT does, and these lack
# more than CTs err, it is no load.
SOLAR_NO_LOAD: Final = -1000  # W
SOLAR_UNEXPLAINED: Final = -150  # W
# Enough where another phase gives as much, as a load there would have to match by chance.
SOLAR_NO_LOAD_TWIN: Final = -300  # W
# The phases of an inverter, or of inverters of one kind, are alike. Those that differ by
# 120 degrees for so long are not where they belong.
ROTATION_FROM: Final = 250  # VA
ROTATION_ANGLE: Final = 8  # degrees
ROTATION_OWN_ANGLE: Final = 45  # degrees
ROTATION_LASTING: Final = 10 * 60  # s
ROTATION_READING: Final = (
    ROTATION_LASTING / POLLS_LEAST
)  # s, the most that one reading counts
ROTATION_MOST: Final = 20 * 60  # s
# Changes of solar by so much within so long have an angle. What an inverter does at the
# grid's voltage has less of a part in a large one.
SOLAR_CHANGE: Final = 80  # VA
SOLAR_CHANGE_PART: Final = 0.08  # of the most that was seen
SOLAR_CHANGE_TIME: Final = 20 * 60  # s
SOLAR_CHANGES: Final = 8
SOLAR_CHANGES_KEPT: Final = 24
SOLAR_CHANGES_PART: Final = 0.7
# So many of them in phase for sure, and what was turned is not any more.
SOLAR_CHANGES_STAY: Final = 0.6
SOLAR_IN_PHASE: Final = 20  # degrees
SOLAR_RIGHT_ANGLE: Final = 42  # degrees
SOLAR_ROTATED_ANGLE: Final = 14  # degrees
SOLAR_STEEP: Final = 50  # degrees
# So much with so little reactive power, for so long, and the CT is on its own phase: on
# another one, no inverter has such levels.
SOLAR_RIGHT_LEVEL: Final = 1000  # W
SOLAR_RIGHT_VARS: Final = 0.3  # of the power
SOLAR_RIGHT_TIME: Final = 10 * 60  # s
SOLAR_RIGHT_READING: Final = SOLAR_RIGHT_TIME / POLLS_LEAST  # s
# So many of the newest changes are steep: too soon to call it reversed.
SOLAR_ROTATED_NEWEST: Final = 4
SOLAR_ROTATED_HINTS: Final = 3
# So many, and all of the newest in phase: on another phase no inverter's changes are.
SOLAR_RIGHT_HINTS: Final = 2

# --- Voltages -----------------------------------------------------------------------

# Two legs move apart by the neutral's resistance, twice, and the line's; together by the
# line's alone. A good neutral has at most double the line's, and the longest service less
# than 0.4 ohm of each. 0.9 ohm in all is 10 V at 11 A, Tesla's own limit.
NEUTRAL_CHANGE: Final = 80  # W
# Between the legs: what a fridge takes is lost in what the neighbours do. Large changes say
# more than small ones, and fewer of them are enough: their squares add up.
NEUTRAL_LEAST: Final = 2  # A
NEUTRAL_CHANGES: Final = 5
NEUTRAL_SQUARES: Final = 110  # A squared
NEUTRAL_SURE: Final = 6  # Student's t
# What moves the legs by 2 V for each A and more is no wander: fewer changes do.
NEUTRAL_CLEAR: Final = 4
NEUTRAL_CLEAR_SQUARES: Final = 30  # A squared
NEUTRAL_CLEAR_SURE: Final = 12
NEUTRAL_CLEAR_OHMS: Final = 2
NEUTRAL_OHMS: Final = 0.9
NEUTRAL_PART: Final = 2.5  # of the line's resistance
# What is less is no phase; a gateway reads 0.2 V where there is none.
DEAD: Final = 50  # V
DEAD_LASTING: Final = 60  # s
DEAD_POLL: Final = 20  # s, the most that one poll counts: it is dangerous, and clear
# A single-phase service of 230 V may have a second input that is not connected.
LEG_VOLTS: Final = 150  # V

# --- A CT that measures nothing -----------------------------------------------------

SILENT: Final = 20  # W and var
# Longer than a day of no export, and than any night: in both something shows.
SILENT_TIME: Final = 20 * 3600  # s
# Solar on the phase has to go somewhere.
UNSEEN_SOLAR: Final = 150  # W
UNSEEN_TIME: Final = 30 * 60  # s
UNSEEN_LEVELS: Final = 3
UNSEEN_LEVEL: Final = 100  # W
# Changes of a source on several phases within half a minute, and how far a phase's share may
# be off: a third is as far from a half.
SHARE_TIME: Final = 30  # s
SHARE_STEP: Final = 600  # W, of all phases
SHARE_ERROR: Final = 0.07
SHARES: Final = 6
# An ordinary house's phase is never idle for ten minutes in days, and has loads of several
# sizes. One that was off for half a day before may be off again. A guest house is in use
# for as long as a stay of two weeks, and off after it.
USED_TIME: Final = 21 * 86400  # s
USED_PAUSE: Final = 10 * 60  # s
USED_SIZES: Final = 3
RESTED: Final = 6 * 3600  # s
SILENT_SINCE: Final = 24 * 3600  # s

# --- Negative load ------------------------------------------------------------------

# The gateway computes the load from readings of different times.
LOAD_PROBLEM: Final = 60  # s
# It is a small difference of large powers, of which each CT errs by 1 to 3 %.
LOAD_ERROR: Final = 0.03  # of site, solar and battery
LOAD_LASTING: Final = 10 * 60  # s, of POLLS_LEAST polls at least
# A CT that is wrong makes the load negative too: its own check gets that long to find it.
LOAD_WAITS: Final = 7 * 86400  # s
# A house that was negative and is not, for so long, is so no more.
LOAD_CLEARED: Final = 60 * 60  # s
# One that comes back each day, as that of solar without a meter, stays from day to day.
LOAD_CLEARED_DAILY: Final = 36 * 3600  # s
# After a day without, it is new. A CT that was changed takes two days to be found.
LOAD_KNOWN: Final = 86400  # s
LOAD_NEW: Final = 2 * 86400  # s

# --- Steps of all three phases ------------------------------------------------------

# The same on each, but for what else changes at that time.
BALANCED_SIZE: Final = 1.15
BALANCED_ANGLE: Final = 10  # degrees
BALANCED_KEPT: Final = 16
BALANCED_STEPS: Final = 4
BALANCED_PART: Final = 0.75
# What is left at the site of a step that a battery on three phases has made up for.
OFFSET_PART: Final = 0.25
