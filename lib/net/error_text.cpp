#include "net/error_text.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>

namespace tunnelkeyd::net {

std::string error_text(const boost::system::error_code& error) {
    if (error == boost::beast::error::timeout)
        return "time ran out";
    if (error == boost::asio::ssl::error::stream_truncated)
        return "the server closed the connection without ending TLS";
    if (error == boost::asio::error::eof)
        return "the server closed the connection";
    return error.message();
}

}  // namespace tunnelkeyd::net
