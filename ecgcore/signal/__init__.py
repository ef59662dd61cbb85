"""Signals prepared for the models: filtered, resampled, cut to length."""
