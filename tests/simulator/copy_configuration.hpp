#pragma once

#include "core/config.hpp"
#include "simulator/addresses.hpp"
#include "simulator/made_up_secrets.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace tunnelkeyd::simulator {

/// Where a copy of a real configuration points.
struct copy_aim {
    addresses at;
    std::filesystem::path directory;  ///< `state` and `control.sock` are in it
    std::string health_listen;        ///< "": as it was, which is none
};

/// The text of `real`, with simulated peers, files of its own and made-up secrets; what else stands there
/// stays, be it known or not. Comments and aliases do not.
///
/// - An instance's URL is `instances_url`, its tunnel's name and the context path of the real one. So two
///   differ as the names do.
/// - `on_premise_url` becomes the simulated URL of the tunnel whose instance it names; of its own tunnel where
///   it names none. It stands in each tunnel then, also where the defaults had it.
/// - TLS settings trust the simulator's CA and name no other file and no other server.
/// - Whatever is a reference to a secret, wherever it stands, refers to a file of `secrets`.
std::string copy_configuration(std::string_view text, const core::config& real, const copy_aim& aim,
                               made_up_secrets& secrets);

}  // namespace tunnelkeyd::simulator
