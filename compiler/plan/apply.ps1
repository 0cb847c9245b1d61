# Made by trustc plan. Puts a plan into effect on a server with IIS 7.0 or later: accounts, pools, rights, caches.
#
#   powershell -File plan.ps1            does it, as an administrator
#   powershell -File plan.ps1 -Check     changes nothing; says what would change, exit 1 if anything would
#
# What is in place already is left alone. Before anything is changed, what was there is written to the file given as
# -State (trustc-plan-state.txt beside this script), and plan-undo.ps1 takes everything back with it. No password is
# written anywhere: those of accounts are asked for, or come with -Credential @{ 'NAME' = (Get-Credential) }.
param(
    [hashtable] $Credential = @{},
    [string] $State = '',
    [switch] $Check
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
if ($State -eq '') { $State = Join-Path (Split-Path -Parent $MyInvocation.MyCommand.Path) 'trustc-plan-state.txt' }
$State = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($State)
$script:Old = @{}
$script:Done = @()
$script:Same = 0
$script:Step = 'beginning'
$utf8 = New-Object System.Text.UTF8Encoding($false)
if ([System.IO.File]::Exists($State)) {
    foreach ($line in [System.IO.File]::ReadAllLines($State, $utf8)) {
        $tab = $line.IndexOf("`t")
        if ($tab -gt 0) { $script:Old[$line.Substring(0, $tab)] = $line.Substring($tab + 1) }
    }
}

# Write down what was there, before it is changed; what an earlier run wrote down stays.
function Save-Old([string] $Key, [string] $Value) {
    if ($script:Old.ContainsKey($Key)) { return }
    [System.IO.File]::AppendAllText($State, $Key + "`t" + $Value + "`r`n", $utf8)
    $script:Old[$Key] = $Value
}

function Invoke-Step([string] $Key, [string] $Text, [scriptblock] $IsCurrent, [scriptblock] $GetOld, [scriptblock] $Change) {
    $script:Step = $Text
    if (& $IsCurrent) { $script:Same++; return }
    if ($Check) { Write-Output ('would change: ' + $Text); $script:Done += $Text; return }
    Save-Old $Key ([string] (& $GetOld))
    & $Change
    $script:Done += $Text
    Write-Output ('changed: ' + $Text)
}

# ---- accounts ----

function Get-LocalName([string] $Name) {
    $parts = $Name.Split('\')
    if ($parts.Length -eq 1) { if ($Name.Contains('@')) { return '' } else { return $Name } }
    if ($parts[0] -eq '.' -or $parts[0] -eq $env:COMPUTERNAME) { return $parts[1] }
    return ''
}

function Get-Sid([string] $Name, [string] $Sid) {
    if ($Sid -ne '') { return New-Object System.Security.Principal.SecurityIdentifier($Sid) }
    $local = Get-LocalName $Name
    if ($local -ne '') { $Name = $env:COMPUTERNAME + '\' + $local }
    for ($try = 0; ; $try++) {
        try { return (New-Object System.Security.Principal.NTAccount($Name)).Translate([System.Security.Principal.SecurityIdentifier]) }
        catch { if ($Check -or $try -ge 20 -or -not $Name.StartsWith('IIS AppPool\')) { throw ('there is no account ' + $Name) } }
        Start-Sleep -Milliseconds 500 # a new pool's account takes a moment
    }
}

function Test-Account([string] $Name) {
    try { [void] (Get-Sid $Name ''); return $true } catch { return $false }
}

function Get-Password([string] $Name) {
    if (-not $Credential.ContainsKey($Name)) {
        $Credential[$Name] = Get-Credential -Credential $Name
        if ($Credential[$Name] -eq $null) { throw ('no password was given for ' + $Name) }
    }
    return $Credential[$Name].GetNetworkCredential().Password
}

function Set-PlanAccount([string] $Key, [string] $Text, [string] $Name) {
    Invoke-Step $Key $Text { Test-Account $Name } { 'missing' } {
        $local = Get-LocalName $Name
        if ($local -eq '') { throw ('there is no account ' + $Name + ': make it in its domain first') }
        $computer = [ADSI] ('WinNT://' + $env:COMPUTERNAME + ',computer')
        $user = $computer.Create('User', $local)
        $user.SetPassword((Get-Password $Name))
        $user.SetInfo()
        $user.Put('UserFlags', 0x10040) # the password does not expire, and the account cannot change it
        $user.Put('Description', 'made by trustc plan')
        $user.SetInfo()
    }
}

function Get-Group([string] $Sid) {
    $name = (New-Object System.Security.Principal.SecurityIdentifier($Sid)).Translate([System.Security.Principal.NTAccount]).Value
    return [ADSI] ('WinNT://' + $env:COMPUTERNAME + '/' + $name.Substring($name.IndexOf('\') + 1) + ',group')
}

function Test-Member([string] $Name, [string] $Group) {
    $wanted = (Get-Sid $Name '').Value
    foreach ($member in @((Get-Group $Group).Invoke('Members'))) {
        $bytes = $member.GetType().InvokeMember('objectSid', 'GetProperty', $null, $member, $null)
        if ((New-Object System.Security.Principal.SecurityIdentifier($bytes, 0)).Value -eq $wanted) { return $true }
    }
    return $false
}

function Set-PlanMember([string] $Key, [string] $Text, [string] $Name, [string] $Group) {
    Invoke-Step $Key $Text { (Test-Account $Name) -and (Test-Member $Name $Group) } { 'missing' } {
        (Get-Group $Group).Add('WinNT://' + (Get-Sid $Name '').Value)
    }
}

# ---- configuration of IIS ----

function Get-Setting([string] $Location, [string] $Filter, [string] $Name) {
    $where = @{ PSPath = 'MACHINE/WEBROOT/APPHOST'; Filter = $Filter; Name = $Name }
    if ($Location -ne '') { $where.Location = $Location }
    $value = Get-WebConfigurationProperty @where
    if ($value -ne $null -and $value.PSObject.Properties['Value'] -ne $null) { $value = $value.Value }
    return [string] $value
}

function Set-Setting([string] $Location, [string] $Filter, [string] $Name, $Value) {
    $where = @{ PSPath = 'MACHINE/WEBROOT/APPHOST'; Filter = $Filter; Name = $Name; Value = $Value }
    if ($Location -ne '') { $where.Location = $Location }
    Set-WebConfigurationProperty @where
}

# Names hold no double quotes: trustc refuses them, as IIS does.
function Get-PoolFilter([string] $Name) { return 'system.applicationHost/applicationPools/add[@name="' + $Name + '"]' }
function Get-ApplicationFilter([string] $Site, [string] $Path) {
    return 'system.applicationHost/sites/site[@name="' + $Site + '"]/application[@path="' + $Path + '"]'
}
function Test-Element([string] $Filter) {
    return @(Get-WebConfiguration -PSPath 'MACHINE/WEBROOT/APPHOST' -Filter $Filter).Length -gt 0
}

# $Account is '' for the pool's own account.
function Set-PlanPool([string] $Key, [string] $Text, [string] $Name, [string] $Account, [string] $Runtime) {
    $pool = Get-PoolFilter $Name
    $process = $pool + '/processModel'
    $type = 'SpecificUser'
    if ($Account -eq '') { $type = 'ApplicationPoolIdentity' }
    Invoke-Step $Key $Text {
        (Test-Element $pool) -and
        (Get-Setting '' $pool 'managedRuntimeVersion') -eq $Runtime -and
        (Get-Setting '' $process 'identityType') -eq $type -and
        ($Account -eq '' -or (Get-Setting '' $process 'userName') -eq $Account)
    } {
        if (Test-Element $pool) {
            (Get-Setting '' $pool 'managedRuntimeVersion') + '|' + (Get-Setting '' $process 'identityType') + '|' +
                (Get-Setting '' $process 'userName')
        } else { 'missing' }
    } {
        $password = ''
        if ($Account -ne '') { $password = Get-Password $Account }
        if (-not (Test-Element $pool)) {
            Add-WebConfigurationProperty -PSPath 'MACHINE/WEBROOT/APPHOST' -Filter 'system.applicationHost/applicationPools' -Name '.' -Value @{ name = $Name }
        }
        Set-Setting '' $pool 'managedRuntimeVersion' $Runtime
        if ($Account -ne '') {
            Set-Setting '' $process 'userName' $Account
            Set-Setting '' $process 'password' $password
        }
        Set-Setting '' $process 'identityType' $type
    }
}

function Set-PlanAssignment([string] $Key, [string] $Text, [string] $Site, [string] $Path, [string] $Pool) {
    $filter = Get-ApplicationFilter $Site $Path
    Invoke-Step $Key $Text { (Get-Setting '' $filter 'applicationPool') -eq $Pool } { Get-Setting '' $filter 'applicationPool' } {
        Set-Setting '' $filter 'applicationPool' $Pool
    }
}

# $Account is '' for the account of the pool.
function Set-PlanAnonymous([string] $Key, [string] $Text, [string] $Location, [string] $Account) {
    $filter = 'system.webServer/security/authentication/anonymousAuthentication'
    Invoke-Step $Key $Text { (Get-Setting $Location $filter 'userName') -eq $Account } { Get-Setting $Location $filter 'userName' } {
        $password = ''
        if ($Account -ne '') { $password = Get-Password $Account }
        Set-Setting $Location $filter 'userName' $Account
        Set-Setting $Location $filter 'password' $password
    }
}

function Set-PlanTemplates([string] $Key, [string] $Text, [string] $Location, [string] $Directory) {
    $filter = 'system.webServer/asp/cache'
    Invoke-Step $Key $Text { (Get-Setting $Location $filter 'diskTemplateCacheDirectory') -eq $Directory } {
        Get-Setting $Location $filter 'diskTemplateCacheDirectory'
    } { Set-Setting $Location $filter 'diskTemplateCacheDirectory' $Directory }
}

# Only static compression keeps files on disk. $Location is '' for the server.
function Set-PlanCompression([string] $Key, [string] $Text, [string] $Location, [bool] $On) {
    $filter = 'system.webServer/urlCompression'
    Invoke-Step $Key $Text { (Get-Setting $Location $filter 'doStaticCompression') -eq [string] $On } {
        Get-Setting $Location $filter 'doStaticCompression'
    } { Set-Setting $Location $filter 'doStaticCompression' $On }
}

# ---- rights ----

# One right: a name, its SID if every server has the same, Allow, Deny or None, and an access mask.
function Entry([string] $Name, [string] $Sid, [string] $Kind, [int] $Mask) {
    return New-Object PSObject -Property @{ Name = $Name; Sid = $Sid; Kind = $Kind; Mask = $Mask }
}

function New-Rule($Entry, [bool] $IsDirectory) {
    $flags = [System.Security.AccessControl.InheritanceFlags]::None
    if ($IsDirectory) { $flags = [System.Security.AccessControl.InheritanceFlags] 'ContainerInherit, ObjectInherit' }
    return New-Object System.Security.AccessControl.FileSystemAccessRule((Get-Sid $Entry.Name $Entry.Sid),
        [System.Security.AccessControl.FileSystemRights] $Entry.Mask, $flags,
        [System.Security.AccessControl.PropagationFlags]::None, [System.Security.AccessControl.AccessControlType] $Entry.Kind)
}

function Format-Rule($Rule) {
    return '{0} {1} {2:x} {3} {4}' -f $Rule.IdentityReference.Value, $Rule.AccessControlType, [int] $Rule.FileSystemRights, $Rule.InheritanceFlags, $Rule.PropagationFlags
}

function Get-Rules($Acl) {
    return @($Acl.GetAccessRules($true, $false, [System.Security.Principal.SecurityIdentifier]))
}

function Test-Acl([string] $Path, [bool] $Cut, [object[]] $Entries) {
    if (-not (Test-Path -LiteralPath $Path)) { return $false }
    $item = Get-Item -LiteralPath $Path -Force
    $acl = $item.GetAccessControl('Access')
    if ($Cut -and -not $acl.AreAccessRulesProtected) { return $false }
    $have = @(Get-Rules $acl | ForEach-Object { Format-Rule $_ })
    $want = @()
    foreach ($entry in $Entries) {
        if ($Check -and -not ($entry.Sid -ne '' -or (Test-Account $entry.Name))) { return $false }
        if ($entry.Kind -eq 'None') {
            $sid = (Get-Sid $entry.Name $entry.Sid).Value
            if (@($have | Where-Object { $_.StartsWith($sid + ' ') }).Length -gt 0) { return $false }
            continue
        }
        $rule = Format-Rule (New-Rule $entry $item.PSIsContainer)
        if ($have -notcontains $rule) { return $false }
        $want += $rule
    }
    return -not $Cut -or $have.Length -eq $want.Length
}

# With -Cut nothing comes from above and nobody but $Entries has rights; the list is replaced in one write, so that there
# is no moment in which it is open. -Make makes a directory that is missing.
function Set-PlanAcl([string] $Key, [string] $Text, [string] $Path, [bool] $Cut, [bool] $Make, [object[]] $Entries) {
    Invoke-Step $Key $Text { Test-Acl $Path $Cut $Entries } {
        if (Test-Path -LiteralPath $Path) { (Get-Item -LiteralPath $Path -Force).GetAccessControl('Access').GetSecurityDescriptorSddlForm('Access') }
        else { 'missing' }
    } {
        if ($Make -and -not (Test-Path -LiteralPath $Path)) { [void] [System.IO.Directory]::CreateDirectory($Path) }
        $item = Get-Item -LiteralPath $Path -Force
        $acl = $item.GetAccessControl('Access')
        if ($Cut) {
            $acl.SetAccessRuleProtection($true, $false)
            foreach ($rule in (Get-Rules $acl)) { $acl.PurgeAccessRules($rule.IdentityReference) }
        }
        foreach ($entry in $Entries) { $acl.PurgeAccessRules((Get-Sid $entry.Name $entry.Sid)) }
        foreach ($entry in $Entries) { if ($entry.Kind -ne 'None') { $acl.AddAccessRule((New-Rule $entry $item.PSIsContainer)) } }
        $item.SetAccessControl($acl)
    }
}

function Get-RegistryKey([string] $Path) {
    $rights = [System.Security.AccessControl.RegistryRights] 'ReadPermissions, ChangePermissions'
    $opened = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, $rights)
    if ($opened -eq $null) { throw ('there is no registry key HKEY_LOCAL_MACHINE\' + $Path) }
    return $opened
}

function Test-Registry([string] $Path, [string] $Name, [string] $Sid, [int] $Mask) {
    if ($Sid -eq '' -and -not (Test-Account $Name)) { return $false }
    $wanted = (Get-Sid $Name $Sid).Value
    $opened = Get-RegistryKey $Path
    foreach ($rule in @($opened.GetAccessControl('Access').GetAccessRules($true, $false, [System.Security.Principal.SecurityIdentifier]))) {
        if ($rule.IdentityReference.Value -eq $wanted -and $rule.AccessControlType -eq 'Allow' -and
            [int] $rule.RegistryRights -eq $Mask -and $rule.InheritanceFlags -eq 'ContainerInherit') { return $true }
    }
    return $false
}

function Set-PlanRegistry([string] $Key, [string] $Text, [string] $Path, [string] $Name, [string] $Sid, [int] $Mask) {
    Invoke-Step $Key $Text { Test-Registry $Path $Name $Sid $Mask } { 'missing' } {
        $opened = Get-RegistryKey $Path
        $acl = $opened.GetAccessControl('Access')
        $acl.SetAccessRule((New-Object System.Security.AccessControl.RegistryAccessRule((Get-Sid $Name $Sid),
            [System.Security.AccessControl.RegistryRights] $Mask, [System.Security.AccessControl.InheritanceFlags] 'ContainerInherit',
            [System.Security.AccessControl.PropagationFlags]::None, [System.Security.AccessControl.AccessControlType]::Allow)))
        $opened.SetAccessControl($acl)
    }
}

# ---- what must be there before anything is changed ----

function Assert-Application([string] $Site, [string] $Path) {
    $script:Step = 'looking for ' + $Site + $Path
    if (-not (Test-Element (Get-ApplicationFilter $Site $Path))) { throw ('IIS has no application ' + $Path + ' in the site ' + $Site + ': make it first') }
}

function Assert-Path([string] $Path) {
    $script:Step = 'looking for ' + $Path
    if (-not (Test-Path -LiteralPath $Path)) { throw ($Path + ' is not there: make it first, or take it out of the source') }
}

try {
    if (Get-Module -ListAvailable -Name WebAdministration) { Import-Module WebAdministration } else { Add-PSSnapin WebAdministration }
TRUSTC STEPS
} catch {
    Write-Output ('FAILED: ' + $script:Step)
    Write-Output ('  ' + $_.Exception.Message)
    if ($script:Done.Length -eq 0) { Write-Output 'nothing was changed' } else {
        Write-Output 'changed before that:'
        foreach ($one in $script:Done) { Write-Output ('  ' + $one) }
        Write-Output ('to take it back: plan-undo.ps1 -State "' + $State + '"; to go on, mend what failed and run this again')
    }
    exit 3
}
if ($script:Done.Length -eq 0) { Write-Output ('nothing to change: all ' + $script:Same + ' steps are in place') }
elseif ($Check) { Write-Output ([string] $script:Done.Length + ' steps would change something, ' + $script:Same + ' are in place'); exit 1 }
else { Write-Output ([string] $script:Done.Length + ' steps changed something, ' + $script:Same + ' were in place') }
exit 0
