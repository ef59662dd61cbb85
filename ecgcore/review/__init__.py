"""What a reader looks at: the ECG paper and the figures beside it."""
