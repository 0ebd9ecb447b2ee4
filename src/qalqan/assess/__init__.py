"""Step 4, Match + Signal → Assessment: a policy, as data, says what matches weigh. Every point has its reason."""
