"""Words in pictures and films: found, turned upright, read by Tesseract, and codes read by ZXing.

`extractor` and `codes` are the extractors; the modules named `*_child` run in decoding child processes only.
"""
