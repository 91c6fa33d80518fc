#pragma once

namespace tunnelkeyd::daemon {

/// What the process tells whoever started it (sysexits.h where that has a number).
enum class exit_status : int {
    done = 0,
    failed = 1,            ///< the work failed
    usage = 64,            ///< EX_USAGE: the command line
    unavailable = 69,      ///< EX_UNAVAILABLE: no daemon to talk to
    already_running = 75,  ///< EX_TEMPFAIL: another daemon holds the store, or health.listen is taken
    configuration = 78,    ///< EX_CONFIG
};

}  // namespace tunnelkeyd::daemon
