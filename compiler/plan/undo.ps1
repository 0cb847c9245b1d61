# Made by trustc plan. Takes back what plan.ps1 did, step by step from the last, with what it wrote to the file given as
# -State (trustc-plan-state.txt beside this script). What it did not change is left alone; so is what was put into
# directories that it made. Passwords of accounts that are named again are asked for, or come with
# -Credential @{ 'NAME' = (Get-Credential) }.
param(
    [hashtable] $Credential = @{},
    [string] $State = ''
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
if ($State -eq '') { $State = Join-Path (Split-Path -Parent $MyInvocation.MyCommand.Path) 'trustc-plan-state.txt' }
$State = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($State)
$script:Old = @{}
$script:Done = @()
$script:Step = 'beginning'
$utf8 = New-Object System.Text.UTF8Encoding($false)
if (-not [System.IO.File]::Exists($State)) { Write-Output ('nothing to take back: ' + $State + ' is not there'); exit 0 }
foreach ($line in [System.IO.File]::ReadAllLines($State, $utf8)) {
    $tab = $line.IndexOf("`t")
    if ($tab -gt 0) { $script:Old[$line.Substring(0, $tab)] = $line.Substring($tab + 1) }
}

# What was taken back is struck from the file, so that a second run has nothing left to do.
function Save-Rest {
    $lines = @(foreach ($key in ($script:Old.Keys | Sort-Object)) { $key + "`t" + $script:Old[$key] })
    if ($lines.Length -eq 0) { [System.IO.File]::Delete($State) } else { [System.IO.File]::WriteAllLines($State, [string[]] $lines, $utf8) }
}

function Undo-Step([string] $Key, [string] $Text, [scriptblock] $Restore) {
    $script:Step = $Text
    if (-not $script:Old.ContainsKey($Key)) { return }
    $was = $script:Old[$Key]
    & $Restore
    $script:Old.Remove($Key)
    Save-Rest
    $script:Done += $Text
    Write-Output ('taken back: ' + $Text)
}

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
    return (New-Object System.Security.Principal.NTAccount($Name)).Translate([System.Security.Principal.SecurityIdentifier])
}

function Get-Password([string] $Name) {
    if (-not $Credential.ContainsKey($Name)) {
        $Credential[$Name] = Get-Credential -Credential $Name
        if ($Credential[$Name] -eq $null) { throw ('no password was given for ' + $Name) }
    }
    return $Credential[$Name].GetNetworkCredential().Password
}

function Undo-PlanAccount([string] $Key, [string] $Text, [string] $Name) {
    Undo-Step $Key $Text {
        $computer = [ADSI] ('WinNT://' + $env:COMPUTERNAME + ',computer')
        $computer.Delete('User', (Get-LocalName $Name))
    }
}

function Undo-PlanMember([string] $Key, [string] $Text, [string] $Name, [string] $Group) {
    Undo-Step $Key $Text {
        $groupName = (New-Object System.Security.Principal.SecurityIdentifier($Group)).Translate([System.Security.Principal.NTAccount]).Value
        $entry = [ADSI] ('WinNT://' + $env:COMPUTERNAME + '/' + $groupName.Substring($groupName.IndexOf('\') + 1) + ',group')
        $entry.Remove('WinNT://' + (Get-Sid $Name '').Value)
    }
}

function Set-Setting([string] $Location, [string] $Filter, [string] $Name, $Value) {
    $where = @{ PSPath = 'MACHINE/WEBROOT/APPHOST'; Filter = $Filter; Name = $Name; Value = $Value }
    if ($Location -ne '') { $where.Location = $Location }
    Set-WebConfigurationProperty @where
}

function Undo-PlanPool([string] $Key, [string] $Text, [string] $Name, [string] $Account, [string] $Runtime) {
    Undo-Step $Key $Text {
        if ($was -eq 'missing') {
            Remove-WebConfigurationProperty -PSPath 'MACHINE/WEBROOT/APPHOST' -Filter 'system.applicationHost/applicationPools' -Name '.' -AtElement @{ name = $Name }
            return
        }
        $pool = 'system.applicationHost/applicationPools/add[@name="' + $Name + '"]'
        $parts = $was.Split('|')
        Set-Setting '' $pool 'managedRuntimeVersion' $parts[0]
        Set-Setting '' ($pool + '/processModel') 'userName' $parts[2]
        if ($parts[1] -eq 'SpecificUser') { Set-Setting '' ($pool + '/processModel') 'password' (Get-Password $parts[2]) }
        Set-Setting '' ($pool + '/processModel') 'identityType' $parts[1]
    }
}

function Undo-PlanAssignment([string] $Key, [string] $Text, [string] $Site, [string] $Path, [string] $Pool) {
    Undo-Step $Key $Text {
        Set-Setting '' ('system.applicationHost/sites/site[@name="' + $Site + '"]/application[@path="' + $Path + '"]') 'applicationPool' $was
    }
}

function Undo-PlanAnonymous([string] $Key, [string] $Text, [string] $Location, [string] $Account) {
    Undo-Step $Key $Text {
        $filter = 'system.webServer/security/authentication/anonymousAuthentication'
        $password = ''
        if ($was -ne '' -and $was -ne 'IUSR') { $password = Get-Password $was }
        Set-Setting $Location $filter 'userName' $was
        Set-Setting $Location $filter 'password' $password
    }
}

function Undo-PlanTemplates([string] $Key, [string] $Text, [string] $Location, [string] $Directory) {
    Undo-Step $Key $Text { Set-Setting $Location 'system.webServer/asp/cache' 'diskTemplateCacheDirectory' $was }
}

function Undo-PlanCompression([string] $Key, [string] $Text, [string] $Location, [bool] $On) {
    Undo-Step $Key $Text { Set-Setting $Location 'system.webServer/urlCompression' 'doStaticCompression' ([System.Convert]::ToBoolean($was)) }
}

function Entry([string] $Name, [string] $Sid, [string] $Kind, [int] $Mask) {
    return New-Object PSObject -Property @{ Name = $Name; Sid = $Sid; Kind = $Kind; Mask = $Mask }
}

function Undo-PlanAcl([string] $Key, [string] $Text, [string] $Path, [bool] $Cut, [bool] $Make, [object[]] $Entries) {
    Undo-Step $Key $Text {
        if (-not (Test-Path -LiteralPath $Path)) { return }
        $item = Get-Item -LiteralPath $Path -Force
        if ($was -eq 'missing') {
            if (@([System.IO.Directory]::GetFileSystemEntries($Path)).Length -eq 0) { [System.IO.Directory]::Delete($Path) }
            else { Write-Output ('left: ' + $Path + ' is not empty') }
            return
        }
        $acl = $item.GetAccessControl('Access')
        $acl.SetSecurityDescriptorSddlForm($was, 'Access')
        $item.SetAccessControl($acl)
    }
}

function Undo-PlanRegistry([string] $Key, [string] $Text, [string] $Path, [string] $Name, [string] $Sid, [int] $Mask) {
    Undo-Step $Key $Text {
        $rights = [System.Security.AccessControl.RegistryRights] 'ReadPermissions, ChangePermissions'
        $opened = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, $rights)
        $acl = $opened.GetAccessControl('Access')
        $acl.PurgeAccessRules((Get-Sid $Name $Sid))
        $opened.SetAccessControl($acl)
    }
}

try {
    if (Get-Module -ListAvailable -Name WebAdministration) { Import-Module WebAdministration } else { Add-PSSnapin WebAdministration }
TRUSTC STEPS
} catch {
    Write-Output ('FAILED: ' + $script:Step)
    Write-Output ('  ' + $_.Exception.Message)
    Write-Output ([string] $script:Done.Length + ' steps were taken back before that; mend what failed and run this again for the rest')
    exit 3
}
if ($script:Done.Length -eq 0) { Write-Output 'nothing to take back' }
foreach ($key in ($script:Old.Keys | Sort-Object)) { Write-Output ('left, because this plan does not name it: ' + $key) }
exit 0
