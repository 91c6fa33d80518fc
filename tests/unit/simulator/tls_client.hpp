#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::simulator {

/// How a connection ended, as the client sees it.
enum class ended { properly, without_close_notify, by_reset };

struct raw_reply {
    unsigned status = 0;                         ///< 0: the connection ended before a whole head
    std::vector<unsigned> interims;              ///< the 1xx replies before it
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    bool whole = false;  ///< as many bytes of body as Content-Length promises
};

/// A blocking TLS client that hides nothing: it writes the bytes it is given and tells how a connection ended.
/// Throws std::runtime_error where the handshake or a write fails, or after 30 s of silence.
class tls_client {
public:
    /// Connects to 127.0.0.1 and verifies the server as `localhost` against the CA's file.
    tls_client(std::uint16_t port, const std::string& ca_file);
    ~tls_client();
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;

    void send(std::string_view bytes);
    raw_reply receive();
    raw_reply ask(std::string_view bytes);
    /// Reads to the end.
    ended end();
    /// Whether there is nothing to read at this moment.
    bool silent();
    /// "TLSv1.3".
    [[nodiscard]] std::string version() const;

private:
    bool read_more();

    struct implementation;
    std::unique_ptr<implementation> self_;
};

/// An HTTP request. `headers` are whole lines, each with its CRLF.
std::string http_request(std::string_view method, std::string_view target, std::string_view headers = "",
                         std::string_view body = "");

}  // namespace tunnelkeyd::simulator
