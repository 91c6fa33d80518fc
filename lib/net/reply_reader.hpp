#pragma once

#include "core/exchange.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::net {

/// Reads one HTTP/1.1 reply from bytes, without any I/O: skips up to 16 interim replies (RFC 9110, section
/// 15.2; 101 is final), and takes at most 16 KiB of headers and 1 MiB of body. What it holds is wiped when it
/// is destroyed.
class reply_reader {
public:
    /// What is answered. A reply to CONNECT ends with its header: a 2xx has no body, whatever its header says
    /// (RFC 9110, section 9.3.6), and another's is not needed.
    enum class question { any, connect };

    explicit reply_reader(question asked = question::any);
    ~reply_reader();
    reply_reader(const reply_reader&) = delete;
    reply_reader& operator=(const reply_reader&) = delete;

    enum class state { more, complete, failed };

    /// Where the next bytes go. Valid until the next call of anything.
    [[nodiscard]] boost::asio::mutable_buffer prepare();
    /// `size` bytes have been put there.
    state commit(std::size_t size);
    /// The connection was closed, in good order where it is TLS: that may be how the body ends.
    state end();

    [[nodiscard]] std::size_t bytes_read() const noexcept { return bytes_read_; }
    /// What is wrong with the bytes, for people, after state::failed.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    // After state::complete.
    [[nodiscard]] unsigned status() const;
    /// The values of all fields of this name, in their order.
    [[nodiscard]] std::vector<std::string> fields(std::string_view name) const;
    /// Bytes came behind it, which belong to nothing that was asked for.
    [[nodiscard]] bool has_more() const;
    /// May the connection serve another request?
    [[nodiscard]] bool keeps_connection() const;
    /// Fills in what the reply says.
    void take(core::exchange& result);

private:
    state parse();
    state fail(std::string why);

    struct parts;
    std::unique_ptr<parts> parts_;
    std::size_t bytes_read_ = 0;
    unsigned interim_ = 0;
    std::string problem_;
};

}  // namespace tunnelkeyd::net
