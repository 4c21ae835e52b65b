"""Reassessment notes: for a person's clinicians only, signed once, true forever. Intake learns the outcome, no more."""
