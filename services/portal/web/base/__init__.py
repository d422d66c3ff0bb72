"""What all rooms of the pages share: visit, words, formats, templates, guards."""
