"""What smsbin is made of: the locks, the images, the bill of materials and their audit."""
