package badtest

import "syscall"

func fifo(path string, _ []string) error { return syscall.Mkfifo(path, 0o600) }
