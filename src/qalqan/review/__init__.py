"""Step 5, Assessment → Decision: pure rules of the desk; what is stored and when is `flow`'s and `store`'s to do."""
