#pragma once

#include "core/config.hpp"
#include "core/record.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::ports {

/// What came of reading the configuration once more.
struct loaded_configuration {
    std::shared_ptr<const core::config> config;  ///< null where there are errors
    std::vector<std::string> errors;             ///< all at once, a line for people each
    std::vector<std::string> warnings;           ///< likewise
    /// Of tunnels that `config` has and the one in force has not: what the journal knows of them. Of others it
    /// may be out of date.
    std::vector<core::tunnel_record> records;
};

/// Where configurations come from. Used from the loop's thread only.
class configuration {
public:
    virtual ~configuration() = default;

    using handler = std::function<void(loaded_configuration)>;

    /// Reads and checks all of it, off the loop. `done` is called once, from the loop, never from inside this
    /// call. One at a time.
    virtual void load(std::shared_ptr<const core::config> in_force, handler done) = 0;
};

}  // namespace tunnelkeyd::ports
