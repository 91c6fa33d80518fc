#pragma once

#include <boost/system/error_code.hpp>

#include <string>

namespace tunnelkeyd::net {

/// What went wrong with a connection, for people.
std::string error_text(const boost::system::error_code& error);

}  // namespace tunnelkeyd::net
