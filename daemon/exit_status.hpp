#pragma once

namespace tunnelkeyd::daemon {

/// What the process tells whoever started it (sysexits.h where that has a number).
enum class exit_status : int {
    done = 0,
    failed = 1,            ///< the work failed
    usage = 64,            ///< EX_USAGE: the command line
    unavailable = 69,      ///< EX_UNAVAILABLE: no daemon to talk to
    output = 74,           ///< EX_IOERR: it is done, and the output could not be written
    already_running = 75,  ///< EX_TEMPFAIL: another process holds the store, or listens where this one would
    configuration = 78,    ///< EX_CONFIG
};

}  // namespace tunnelkeyd::daemon
