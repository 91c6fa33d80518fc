#pragma once

#include "core/config.hpp"
#include "core/requests.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tunnelkeyd::daemon {

/// Examines tunnels without a running daemon: with connections of its own, and the state store opened for as
/// long as it lives, where no daemon holds it. Single-threaded.
class local_examiner {
public:
    explicit local_examiner(const core::config& config);
    ~local_examiner();
    local_examiner(const local_examiner&) = delete;
    local_examiner& operator=(const local_examiner&) = delete;

    /// A tunnel of the configuration. `done` is called once, while run() runs.
    void examine(const std::string& tunnel, std::function<void(core::examination)> done);

    /// Until stop() is called.
    void run();
    void stop();

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace tunnelkeyd::daemon
