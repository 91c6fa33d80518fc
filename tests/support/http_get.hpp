#pragma once

#include <map>
#include <string>

namespace tunnelkeyd::support {

struct http_reply {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// A TCP connection to an address such as "127.0.0.1:9847" or "[::1]:9847". Blocks, for `patience` at most.
/// Throws std::runtime_error where it cannot be made.
class tcp_connection {
public:
    explicit tcp_connection(const std::string& address);
    ~tcp_connection();
    tcp_connection(tcp_connection&& other) noexcept;
    tcp_connection& operator=(tcp_connection&&) = delete;

    /// False once the other side has closed.
    bool send(const std::string& bytes) const;
    /// Whatever comes until the other side closes, or nothing comes for `patience`.
    [[nodiscard]] std::string read_all() const;

private:
    int socket_ = -1;
};

/// One request, on a connection of its own. Throws std::runtime_error where no whole reply comes.
http_reply http_get(const std::string& address, const std::string& path, const std::string& method = "GET");

}  // namespace tunnelkeyd::support
