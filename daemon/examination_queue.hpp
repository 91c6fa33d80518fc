#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// Examines one tunnel, by name, and calls `done` once with the JSON of docs/control.md; perhaps from inside
/// the call. How that is done is its own matter: here, or by a running daemon.
using examination_source =
    std::function<void(const std::string& tunnel, std::function<void(std::string json)> done)>;

/// Has several tunnels examined, eight at once, and hands each over as soon as it and those before it are
/// complete. Single-threaded; lives until it is finished.
class examination_queue {
public:
    examination_queue(std::vector<std::string> tunnels, examination_source source,
                      std::function<void(const std::string& json)> hand_over);
    examination_queue(const examination_queue&) = delete;
    examination_queue& operator=(const examination_queue&) = delete;

    /// `finished` is called once, behind the last one; perhaps from inside the call.
    void start(std::function<void()> finished);

private:
    void go_on();

    std::vector<std::string> tunnels_;
    examination_source source_;
    std::function<void(const std::string&)> hand_over_;
    std::function<void()> finished_;
    std::vector<std::optional<std::string>> complete_;  ///< by tunnel; nothing: not yet, or handed over
    std::size_t begun_ = 0;
    std::size_t under_way_ = 0;
    std::size_t handed_over_ = 0;
    bool going_on_ = false;
};

}  // namespace tunnelkeyd::daemon
