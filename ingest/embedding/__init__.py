"""Text to vectors, float32 (n, dim): models prepared once, run through ONNX."""
