#pragma once

#include "crash/trace.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// Which calls strace looks at. It counts `when=N` for each thread by itself and strikes the thread that comes
/// to its own N first: of threads with few calls nothing is ever struck. So there are lenses that leave the
/// busier threads out.
struct lens {
    std::string name;
    bool all_threads = true;         ///< else the first one only
    std::vector<std::string> files;  ///< below the directory of the scene; none: whatever a call is about

    [[nodiscard]] bool shows(const traced_call& call, bool main_thread, const std::string& directory) const;
    [[nodiscard]] std::vector<std::string> strace_options(const std::string& directory) const;
};

/// In the order in which they are tried.
const std::vector<lens>& lenses();

/// Throws std::out_of_range for a name that none has.
const lens& lens_called(const std::string& name);

}  // namespace tunnelkeyd::crash
