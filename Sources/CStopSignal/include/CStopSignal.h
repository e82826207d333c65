#ifndef CSTOPSIGNAL_H
#define CSTOPSIGNAL_H

// SIGINT, SIGTERM and SIGHUP, from the first moments of the process on.
//
// As long as nobody defers them, one of them ends the process at once: a sentence on standard
// error, and exit status 128 + the signal's number. While they are deferred, the first is only
// remembered, and the next kills. A signal that the process was started to ignore stays ignored.

// From here on signals are remembered; calls nest.
void stop_signal_defer(void);

// Ends what `stop_signal_defer` began.
void stop_signal_release(void);

// The signal that was remembered; 0 if none was.
int stop_signal_received(void);

#endif
