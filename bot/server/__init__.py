"""The service over HTTP, and the channels of IM platforms."""
