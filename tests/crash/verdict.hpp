#pragma once

#include "crash/store_look.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// What was seen of a daemon that was struck, and of the one that was started after it.
struct evidence {
    bool killed = true;    ///< else a call of it failed
    bool lasting = false;  ///< and all such calls from then on: it need not end in time

    int status = 0;                   ///< of the first run: its exit status, or minus the signal that ended it
    bool was_asked = false;           ///< SIGTERM was sent to it: its rotation was over, or took too long
    bool said_why = false;            ///< it logged an error
    store_look found;                 ///< between the two
    unsigned regenerates_before = 0;  ///< requests that arrived by then
    unsigned prepared_regenerates = 0;  ///< those of them that were sent before the first run
    unsigned usual_regenerates = 1;     ///< from then on, undisturbed

    std::string recovery;  ///< why the second run did not come to rest; "": it did
    unsigned regenerates_after = 0;
    bool in_step = false;  ///< at the end the instance holds the cloud's key
    store_look left;       ///< at the end
};

/// What breaks a promise, a sentence each.
std::vector<std::string> judge(const evidence& seen);

}  // namespace tunnelkeyd::crash
