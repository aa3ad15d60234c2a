"""What several test files share: processes, histories, and a second opinion about the rules."""
