#pragma once

#include "core/time.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tunnelkeyd::daemon {

/// Has tunnels examined by the running daemon, several at once, each on a connection of its own. Like
/// local_examiner: single-threaded for whoever uses it.
class remote_examiner {
public:
    explicit remote_examiner(std::string socket);
    ~remote_examiner();
    remote_examiner(const remote_examiner&) = delete;
    remote_examiner& operator=(const remote_examiner&) = delete;

    /// `done` is called once, while run() runs, with the JSON of docs/control.md.
    void examine(const std::string& tunnel, std::function<void(std::string json)> done);

    /// Until stop() is called. Throws serve::control_error, and `refused`.
    void run();
    void stop();

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace tunnelkeyd::daemon
