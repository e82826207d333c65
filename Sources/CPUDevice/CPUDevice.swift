// The module CPUDevice; see DESIGN.
