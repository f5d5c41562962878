"""What pages of every chapter share: figures and times in words, and the parts of a page (kernel/templatetags/face)."""
