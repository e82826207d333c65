// The module RunLog; see DESIGN.
