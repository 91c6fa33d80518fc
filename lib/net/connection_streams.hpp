#pragma once

#include "net/connection.hpp"
#include "net/reply_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <limits>
#include <optional>
#include <tuple>

// Private to connection*.cpp: only they see Beast.
namespace tunnelkeyd::net {

/// Limits nothing and counts what was handed to the kernel, which is what can have left.
class counting_policy {
public:
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
    friend class boost::beast::rate_policy_access;

    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    [[nodiscard]] std::size_t available_read_bytes() const noexcept { return unlimited; }
    [[nodiscard]] std::size_t available_write_bytes() const noexcept { return unlimited; }
    void transfer_read_bytes(std::size_t) const noexcept {}
    void transfer_write_bytes(std::size_t size) noexcept { written_ += size; }
    void on_timer() const noexcept {}

    std::uint64_t written_ = 0;
};

using tcp_stream =
    boost::beast::basic_stream<boost::asio::ip::tcp, boost::asio::io_context::executor_type, counting_policy>;
using tls_stream = boost::asio::ssl::stream<tcp_stream&>;

struct connection::streams {
    static constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);

    explicit streams(boost::asio::io_context& loop) : tcp(loop.get_executor()) {}

    boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>>
    read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>>
    write(boost::asio::const_buffer from);

    /// `reply` outlives it.
    boost::asio::awaitable<boost::system::error_code> read(reply_reader* reply);

    tcp_stream tcp;
    std::optional<tls_stream> tls;
};

}  // namespace tunnelkeyd::net
