#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// What systemd listens at: takes the messages of sd_notify(3).
class notify_socket {
public:
    struct message {
        std::chrono::steady_clock::time_point at;
        std::string text;
    };

    /// Makes a socket of this name.
    explicit notify_socket(const std::filesystem::path& path);
    ~notify_socket();
    notify_socket(const notify_socket&) = delete;
    notify_socket& operator=(const notify_socket&) = delete;

    /// NOTIFY_SOCKET=..., for whoever shall talk to it.
    [[nodiscard]] std::string variable() const { return "NOTIFY_SOCKET=" + path_.string(); }

    /// The next message that has this line; those before it are kept too. Throws std::runtime_error when none
    /// comes within `patience`.
    message wait_for(const std::string& line);
    /// Takes messages for so long.
    void listen_for(std::chrono::milliseconds length);
    /// All messages so far.
    [[nodiscard]] const std::vector<message>& messages() const noexcept { return messages_; }

private:
    bool take_one(std::chrono::steady_clock::time_point until);

    std::filesystem::path path_;
    int socket_ = -1;
    std::vector<message> messages_;
};

}  // namespace tunnelkeyd::support
