// The module ConfigFiles; see DESIGN.
