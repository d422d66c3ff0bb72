"""Reading: from a letter's working text to signals; in doubt it abstains and the letter goes to triage."""
