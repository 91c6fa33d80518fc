#include "serve/control_client.hpp"

// Until the control socket is there: nobody listens.
namespace tunnelkeyd::serve {

struct control_client::parts {};

control_client::control_client(const std::string& socket) {
    throw control_error(control_error::kind::absent,
                        "no daemon listens at " + socket + ": start it (systemctl start tunnelkeyd)");
}
control_client::~control_client() = default;
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;

control_reply control_client::ask(const std::string& /*method*/, const std::string& /*target*/,
                                  const std::string& /*body*/, core::duration /*limit*/) {
    throw control_error(control_error::kind::broken, "no connection");
}

std::string encoded(const std::string& name) {
    return name;  // names are letters, digits, dots, dashes and underscores
}

}  // namespace tunnelkeyd::serve
