"""Step 2, Item → Signal: each extractor reads one kind of comparable thing out of an item or a media file."""
