// The module Training; see DESIGN.
