"""Labelled recordings, one file per source, all in the one form of `LabelledSet`."""
