// The module DeviceAPI; see DESIGN.
