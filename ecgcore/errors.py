"""The errors that ecgcore raises: one parent, a few children, each a sentence for the user."""


class EcgError(Exception):
    """Parent of every error whose message may be shown to a user as it stands."""


class ReadError(EcgError):
    """The bytes are damaged, foreign, incomplete, or over a limit."""


class SignalError(EcgError):
    """The signal was read, yet it is not a recording that the next stage can use."""


class WriteError(EcgError):
    """The recording cannot be written in this format, or to this place."""


class SwapError(EcgError):
    """The named electrode swap does not exist."""


class CheckpointError(EcgError):
    """A checkpoint is missing, damaged, or does not match its description."""


class DatasetError(EcgError):
    """A training set is missing, incomplete, or contradicts its own labels."""


class TrainingError(EcgError):
    """A training run, or its configuration, cannot be used as asked."""
