// The module SystolicSim; see DESIGN.
