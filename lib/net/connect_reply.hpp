#pragma once

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tunnelkeyd::net {

/// Reads a proxy's reply to CONNECT (RFC 9110, section 9.3.6) from bytes, without any I/O: the header alone, of
/// at most 16 KiB; up to 16 interim replies are skipped. Nothing may stand behind it, since the client speaks
/// first.
class connect_reply {
public:
    connect_reply();
    ~connect_reply();
    connect_reply(const connect_reply&) = delete;
    connect_reply& operator=(const connect_reply&) = delete;

    enum class state { more, open, failed };

    /// Where the next bytes go. Valid until the next call of anything.
    [[nodiscard]] boost::asio::mutable_buffer prepare();
    /// `size` bytes have been put there. `open`: what follows goes to the target and comes from it.
    state commit(std::size_t size);

    [[nodiscard]] std::size_t bytes_read() const noexcept { return bytes_read_; }

    /// The final reply's status; 0 where it was none.
    [[nodiscard]] unsigned status() const noexcept { return status_; }
    /// What is wrong with the bytes, after state::failed without a status; for people.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// The names of the schemes in its Proxy-Authenticate headers (RFC 9110, section 11.7.1): "Negotiate,
    /// NTLM".
    [[nodiscard]] const std::string& schemes() const noexcept { return schemes_; }
    /// Squid's word for what went wrong (X-Squid-Error): "ERR_DNS_FAIL"; "" where there is none.
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }

private:
    state parse();
    state finish();
    state fail(std::string why);

    struct parts;
    std::unique_ptr<parts> parts_;
    std::size_t bytes_read_ = 0;
    unsigned interim_ = 0;
    unsigned status_ = 0;
    std::string problem_;
    std::string schemes_;
    std::string detail_;
};

}  // namespace tunnelkeyd::net
