"""What people see on Discord, drawn from the loopback server's record: `python -m tests.pictures --out FOLDER`."""
