#pragma once

#include <map>
#include <string>
#include <string_view>

struct sockaddr;

/// The client's end of a connection, byte for byte, with blocking sockets.
namespace tunnelkeyd::testing {

struct reply {
    unsigned status = 0;                        ///< 0: none came
    std::map<std::string, std::string> header;  ///< names in lower case
    std::string body;
};

class client {
public:
    /// "127.0.0.1:80", "[::1]:80", or a Unix socket's path. `receive_buffer`: in bytes, 0 for the system's own.
    explicit client(const std::string& address, int receive_buffer = 0);
    ~client();
    client(client&& other) noexcept;
    client& operator=(client&&) = delete;

    /// As much as is taken.
    void send(std::string_view text) const;
    /// Says that no more comes.
    void finish() const;
    /// The next reply; `head`: it is one to a HEAD.
    reply read_reply(bool head = false);
    /// GET, or any other method, on this connection.
    reply ask(const std::string& path, const std::string& method = "GET", const std::string& body = "");
    /// Whatever comes until the server closes, by FIN or by RST. Throws if it never does.
    std::string read_to_end();
    /// Whether something can be read, or the server has closed, within 5 ms.
    [[nodiscard]] bool is_readable_soon() const;

private:
    void connect(const std::string& address, const sockaddr* where, unsigned size);
    bool read_more();

    int socket_ = -1;
    std::string unread_;
};

}  // namespace tunnelkeyd::testing
