// The module HostRuntime; see DESIGN.
