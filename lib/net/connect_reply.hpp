#pragma once

#include "net/reply_reader.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>

namespace tunnelkeyd::net {

/// What a proxy's reply to CONNECT (RFC 9110, section 9.3.6) means, from bytes, without any I/O. Nothing may
/// stand behind it, since the client speaks first.
class connect_reply {
public:
    enum class state { more, open, failed };

    /// Where the next bytes go. Valid until the next call of anything.
    [[nodiscard]] boost::asio::mutable_buffer prepare() { return reader_.prepare(); }
    /// `size` bytes have been put there. `open`: what follows goes to the target and comes from it.
    state commit(std::size_t size);

    [[nodiscard]] std::size_t bytes_read() const noexcept { return reader_.bytes_read(); }

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
    state finish();

    reply_reader reader_{reply_reader::question::connect};
    unsigned status_ = 0;
    std::string problem_;
    std::string schemes_;
    std::string detail_;
};

}  // namespace tunnelkeyd::net
