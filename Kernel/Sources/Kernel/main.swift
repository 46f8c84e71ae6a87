// The entry point is `kernel_main` (Boot/KernelMain.swift), which boot.S calls.
