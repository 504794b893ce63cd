# nix-build -E '(import <nixpkgs> {}).callPackage ./packaging/nix/package.nix { }'
{
  lib,
  rustPlatform,
  installShellFiles,
  perl,
}:

rustPlatform.buildRustPackage {
  pname = "tokscope";
  version = (lib.importTOML ../../Cargo.toml).package.version;
  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [
    installShellFiles
    perl
  ];

  # the tests start servers and browsers
  doCheck = false;

  postInstall = ''
    installShellCompletion --cmd tokscope \
      --bash completions/tokscope.bash --zsh completions/_tokscope --fish completions/tokscope.fish
    $out/bin/tokscope man --output man
    installManPage man/*.1
  '';

  meta = {
    description = "Obtain, read and compare OAuth tokens, scope by scope";
    license = with lib.licenses; [
      mit
      asl20
    ];
    mainProgram = "tokscope";
    platforms = lib.platforms.unix;
  };
}
