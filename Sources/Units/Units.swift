// The module Units; see DESIGN.
