# Home Assistant maps this name onto its own validation engine; so does this stub.
from probatio import *
