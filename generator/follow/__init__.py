"""What follows a build: a record is kept beside the project file, and it is told where the version stands today."""
